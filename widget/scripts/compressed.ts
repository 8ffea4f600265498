import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants

export const brotli = (bytes: Uint8Array): Uint8Array =>
  brotliCompressSync(bytes, {
    params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: bytes.byteLength },
  })

export const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level: 9 })

/** Writes each script once more in both encodings, as small as they can be: the server sends those. */
export function compressInto(folder: string): void {
  for (const name of readdirSync(folder).filter((name) => /\.m?js$/.test(name))) {
    const bytes = readFileSync(join(folder, name))
    writeFileSync(join(folder, `${name}.br`), brotli(bytes))
    writeFileSync(join(folder, `${name}.gz`), gzip(bytes))
  }
}
