/**
 * Imported before oidc-provider, which prints these two at its users' customers: that Node 26 is no
 * long-term line yet, and that a JSON body was read before it (json-dialect.ts does so on purpose).
 * Anything else it has to say still comes through.
 */
const known = /^oidc-provider (WARNING|NOTICE): (Unsupported runtime|already parsed request body)/

// biome-ignore-start lint/suspicious/noConsole: it is the library's own way of speaking
const warn = console.warn
console.warn = (...words: unknown[]) => {
  if (!known.test(String(words[0]))) warn.apply(console, words)
}
// biome-ignore-end lint/suspicious/noConsole: nothing else here does
