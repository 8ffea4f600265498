const REASONS = /** @type {[RegExp, string][]} */ ([
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT/,
    'The npm registry cannot be reached. Check the connection (or npm config get proxy) and run it again.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)/,
    'The npm registry has a certificate that npm does not trust: see npm config get cafile.',
  ],
  [/E401|E403/, 'The npm registry refuses this machine: see npm config get registry.'],
  [/ENOSPC/, 'The disk is full.'],
  [/EACCES|EPERM/, 'This folder cannot be written to; node_modules may belong to another user.'],
  [
    /EUSAGE|can only install packages when/,
    'package.json and package-lock.json disagree: run npm install once.',
  ],
])

/**
 * What went wrong, in a line or a few, with what to do.
 *
 * @param {string} output what npm printed
 * @param {string[]} missing
 * @returns {string[]}
 */
export function installFailure(output, missing) {
  const reason = REASONS.find(([pattern]) => pattern.test(output))?.[1]
  if (reason) return [reason]
  const errors = output
    .split('\n')
    .filter((line) => /^npm (error|ERR!)/.test(line) && !/debug-\d|complete log/.test(line))
  const absent = missing.length > 0 ? [`Not installed: ${missing.slice(0, 5).join(', ')}`] : []
  return ['npm could not install the packages:', ...errors.slice(0, 8), ...absent]
}
