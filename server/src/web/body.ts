import type { Context } from 'koa'
import getRawBody from 'raw-body'
import { parse } from 'secure-json-parse'
import { checkJsonShape } from './json-shape.ts'
import { Problem } from './problem.ts'

/** The library behind the protocol endpoints stops at 56 KiB too: one limit for the whole server. */
export const bodyLimit = 56 * 1024

/** The fields of a posted form; read once a request, so that CSRF check and route may both ask. */
export async function readForm(ctx: Context): Promise<URLSearchParams> {
  ctx.state.form ??= await parseForm(ctx)
  return ctx.state.form
}

/** A JSON body, refused when it is ambiguous (duplicate keys) or aims at prototypes. */
export async function readJson(ctx: Context): Promise<unknown> {
  ctx.state.json ??= { value: parseJson(await readText(ctx, 'application/json')) }
  return ctx.state.json.value
}

const parseForm = async (ctx: Context) =>
  new URLSearchParams(await readText(ctx, 'application/x-www-form-urlencoded'))

const parseJson = (text: string): unknown => {
  // The parser would strip a byte order mark; RFC 8259 8.1 forbids senders to add one.
  if (text.startsWith('\uFEFF'))
    throw new Problem(400, 'invalid-json', 'The body starts with a BOM.')
  try {
    const value: unknown = parse(text)
    checkJsonShape(text)
    return value
  } catch (cause) {
    throw unacceptable(cause)
  }
}

const unacceptable = (cause: unknown) =>
  new Problem(400, 'invalid-json', 'The body is not acceptable JSON.', { cause })

const readText = async (ctx: Context, type: string): Promise<string> => {
  if (ctx.get('content-encoding') || !ctx.is(type)) {
    if (ctx.request.length === 0 || ctx.is(type) === null) return ''
    refuseRest(ctx)
    throw new Problem(415, 'unsupported-media-type', `The body must be sent as ${type}.`)
  }
  try {
    const bytes = await getRawBody(ctx.req, { limit: bodyLimit, length: ctx.request.length })
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    refuseRest(ctx)
    throw isTooLarge(cause)
      ? new Problem(413, 'body-too-large', `The body is larger than ${bodyLimit} bytes.`, { cause })
      : new Problem(400, 'unreadable-body', 'The body could not be read.', { cause })
  }
}

// Without this, Node would politely read the unwanted rest of a huge body before it answers on.
const refuseRest = (ctx: Context) => ctx.set('Connection', 'close')

const isTooLarge = (error: unknown) =>
  error instanceof Error && 'type' in error && error.type === 'entity.too.large'
