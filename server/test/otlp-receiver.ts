import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface ReceivedSpan {
  traceId: string
  spanId: string
  parentId: string
  name: string
  /** 2 is a server's, 3 a client's. */
  kind: number
  attributes: Record<string, string | number>
  /** 2 is an error. */
  status: number
}

export interface Receiver {
  endpoint: string
  paths: string[]
  /** Of the last request. */
  headers: IncomingHttpHeaders
  spans: ReceivedSpan[]
  /** Everything that came, to be searched. */
  bytes: Buffer[]
}

/** Receives OTLP over HTTP as a collector does, and reads its protobuf. */
export async function startReceiver(t: TestContext): Promise<Receiver> {
  const receiver: Receiver = { endpoint: '', paths: [], headers: {}, spans: [], bytes: [] }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    receiver.paths.push(`${request.headers['content-type']} ${request.url}`)
    receiver.headers = request.headers
    receiver.bytes.push(body)
    receiver.spans.push(...spansOf(body))
    response.setHeader('content-type', 'application/x-protobuf').end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  receiver.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return receiver
}

/** The field numbers are those of opentelemetry-proto: trace_service, trace and common. */
function spansOf(request: Buffer): ReceivedSpan[] {
  return fields(request, 1)
    .flatMap((resourceSpans) => fields(resourceSpans, 2))
    .flatMap((scopeSpans) => fields(scopeSpans, 2))
    .map((span) => ({
      traceId: first(span, 1).toString('hex'),
      spanId: first(span, 2).toString('hex'),
      parentId: first(span, 4).toString('hex'),
      name: first(span, 5).toString(),
      kind: numberIn(span, 6),
      attributes: Object.fromEntries(fields(span, 9).map(attribute)),
      status: numberIn(first(span, 15), 3),
    }))
}

function attribute(pair: Buffer): [string, string | number] {
  const value = first(pair, 2)
  const text = fields(value, 1)[0]
  return [first(pair, 1).toString(), text?.toString() ?? numberIn(value, 3)]
}

const first = (message: Buffer, field: number) => fields(message, field)[0] ?? Buffer.alloc(0)

const fields = (message: Buffer, field: number) =>
  parsed(message).flatMap((part) => (part.field === field && part.bytes ? [part.bytes] : []))

const numberIn = (message: Buffer, field: number) =>
  parsed(message).find((part) => part.field === field)?.number ?? 0

interface Part {
  field: number
  bytes?: Buffer
  number?: number
}

/** Protobuf's wire format: a tag, then a varint, eight bytes, a length and bytes, or four bytes. */
function parsed(message: Buffer): Part[] {
  const parts: Part[] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++] ?? 0
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const field = tag >>> 3
    const kind = tag & 7
    if (kind === 0) parts.push({ field, number: varint() })
    else {
      const length = kind === 2 ? varint() : kind === 1 ? 8 : 4
      parts.push({ field, bytes: message.subarray(at, at + length) })
      at += length
    }
  }
  return parts
}
