import { isUtf8 } from 'node:buffer'
import type { Context } from 'koa'
import { type Dispatcher, errors, Pool } from 'undici'
import { ApiError } from '../errors.ts'
import { breaker } from './breaker.ts'
import { type Answer, Exchange } from './exchange.ts'
import { answerHeaders, outwardLocation, requestHeaders } from './headers.ts'
import { places } from './places.ts'

interface UpstreamOptions {
  /** PLATFORM_API_URL: /external-api/v2/… is asked below it. */
  platformApiUrl: string
  issuer: string
  /** Shorter in tests. */
  limits?: UpstreamLimits | undefined
}

export type UpstreamLimits = Partial<typeof usualLimits>

/** Milliseconds, but for the connections. */
const usualLimits = {
  connections: 256,
  /** Of these, for one caller at a time. */
  each: 32,
  /** For one of them, while all are in use. */
  wait: 5_000,
  connect: 3_000,
  /** Until the first byte of an answer; stopping a run takes fifteen seconds. */
  headers: 60_000,
  /** Between two pieces of a body; events may be rare. */
  body: 300_000,
  /** Between two pieces of an upload: it holds a connection. */
  upload: 30_000,
}

/** RFC 9110 9.2.2 */
const repeatable = new Set(['GET', 'HEAD'])

export interface Forwarding {
  /** Headers that say whom the call is for. */
  added: Record<string, string>
  /** Whose places it takes. */
  whom: string
  /** Whether the operation has a body: one that it has not stays here, however it was announced. */
  takesBody: boolean
}

export interface Upstream {
  /** Asks the platform as this request does, and passes its answer on; a large one as it comes. */
  forward(ctx: Context, forwarding: Forwarding): Promise<void>
  close(): Promise<void>
}

/** The platform behind the gateway, by connections that stay open. */
export function upstream({ platformApiUrl, issuer, limits = {} }: UpstreamOptions): Upstream {
  const platform = new URL(platformApiUrl)
  const times = { ...usualLimits, ...limits }
  const pool = new Pool(platform.origin, {
    connections: times.connections,
    pipelining: 1,
    connect: { timeout: times.connect },
    headersTimeout: times.headers,
    bodyTimeout: times.body,
    // A175: a flood of headers is an error of the platform, not of this process.
    maxHeaderSize: 32 * 1024,
  })
  const room = places({ most: times.connections, each: times.each, patience: times.wait })
  const circuit = breaker()
  const base = platform.pathname.replace(/\/$/, '')

  function requestOf(ctx: Context, { added, takesBody }: Forwarding): Dispatcher.DispatchOptions {
    const sendsBody = takesBody && hasBody(ctx)
    return {
      method: ctx.req.method as Dispatcher.HttpMethod,
      path: base + ctx.req.url,
      headers: requestHeaders(ctx.req.headers, { added, hasBody: sendsBody }),
      body: sendsBody ? ctx.req : null,
    }
  }

  async function ask(ctx: Context, forwarding: Forwarding): Promise<Answer> {
    const request = requestOf(ctx, forwarding)
    let exchange = new Exchange(request)
    ctx.res.once('close', () => {
      if (!ctx.res.writableFinished) exchange.abort()
    })
    try {
      return await exchange.dispatch(pool)
    } catch (error) {
      // What was sent of a body is spent.
      const isRepeatable = request.body === null && repeatable.has(request.method)
      const isAgain = isRepeatable && isBroken(error) && !exchange.hasBegun
      if (!isAgain || ctx.res.destroyed) throw error
      exchange = new Exchange(request)
      return exchange.dispatch(pool)
    }
  }

  return {
    async forward(ctx, forwarding) {
      if (circuit.isOpen()) throw unavailable()
      const { whom } = forwarding
      const turn = room.take(whom)
      if (turn !== undefined) await turn
      if (ctx.res.destroyed) {
        room.leave(whom)
        throw clientLeft()
      }
      if (forwarding.takesBody && hasBody(ctx)) endWhenSilent(ctx, times.upload)
      // Log, metrics, Koa and both bodies look at how the answer ends: more than the ten that are usual.
      ctx.res.setMaxListeners(25)
      ctx.res.once('close', () => room.leave(whom))
      let answer: Answer
      try {
        answer = await ask(ctx, forwarding)
      } catch (error) {
        if (ctx.res.destroyed) throw clientLeft(error)
        circuit.failed()
        throw asGatewayError(error)
      }
      circuit.worked()
      respond(ctx, answer, (location) =>
        outwardLocation(location, {
          asked: new URL(base + ctx.req.url, platform),
          platform,
          issuer,
        }),
      )
    },
    close: () => pool.destroy(),
  }
}

function respond(
  ctx: Context,
  { status, headers, body }: Answer,
  outward: (location: string) => string | undefined,
): void {
  const location = headers.location === undefined ? undefined : outward(String(headers.location))
  if (headers.location !== undefined && location === undefined) {
    if (!Buffer.isBuffer(body)) body.destroy()
    throw new ApiError(502, 'The platform sent the request somewhere it cannot go.')
  }
  ctx.status = status
  for (const [name, value] of answerHeaders(headers)) ctx.set(name, value)
  if (location !== undefined) ctx.set('Location', location)
  // Koa would take text without a type for a page.
  if (Buffer.isBuffer(body)) ctx.body = ctx.res.hasHeader('Content-Type') ? inOnePiece(body) : body
  // An end of the platform in the middle ends the client's connection too.
  else ctx.body = body.once('error', () => ctx.res.destroy())
}

/** An upload whose sender has fallen silent ends with its connection. */
function endWhenSilent({ req }: Context, milliseconds: number): void {
  req.setTimeout(milliseconds, () => req.destroy())
  req.once('end', () => req.setTimeout(0))
}

/** Text goes out together with the headers; the same bytes as a Buffer would be a second write. */
const inOnePiece = (bytes: Buffer) => (isUtf8(bytes) ? bytes.toString() : bytes)

const hasBody = ({ req }: Context) =>
  Number(req.headers['content-length'] ?? 0) > 0 || req.headers['transfer-encoding'] !== undefined

/** Before any byte of an answer: nobody knows whether it was heard. */
const isBroken = (error: unknown) =>
  error instanceof errors.SocketError ||
  ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(String((error as { code?: unknown }).code))

/** Nobody reads it; the log says 499, as nginx does. */
const clientLeft = (cause?: unknown) => new ApiError(499, 'The client left.', { cause })

const unavailable = () =>
  new ApiError(502, 'The platform cannot be reached at the moment; try again.', {
    headers: { 'Retry-After': '2' },
  })

/** Never its text: it may name hosts, and A175 wants nothing secret in an error. */
function asGatewayError(cause: unknown): ApiError {
  const isLate = [errors.HeadersTimeoutError, errors.ConnectTimeoutError, errors.BodyTimeoutError]
  if (isLate.some((late) => cause instanceof late))
    return new ApiError(504, 'The platform did not answer in time.', { cause })
  return new ApiError(502, 'The platform cannot be reached at the moment; try again.', {
    cause,
    headers: { 'Retry-After': '2' },
  })
}
