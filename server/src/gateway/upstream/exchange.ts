import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { type Dispatcher, errors } from 'undici'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  /** Whole where it is small, else as it comes. */
  body: Buffer | Readable
}

/** Bytes of an answer that is taken whole: it goes out in one piece, which costs half of what a stream does. */
const small = 64 * 1024

/**
 * One request and its answer. By undici's dispatch: its `request` makes a stream, a signal and a
 * promise for each part of it, which costs as much as the rest of the call.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: Dispatcher.DispatchOptions
  readonly #answered = Promise.withResolvers<Answer>()
  #controller: Dispatcher.DispatchController | undefined
  #isAborted = false
  #head: Omit<Answer, 'body'> | undefined
  #chunks: Buffer[] = []
  #stream: Readable | undefined

  constructor(request: Dispatcher.DispatchOptions) {
    this.#request = request
  }

  /** Rejects with an error of undici. */
  dispatch(pool: Dispatcher): Promise<Answer> {
    pool.dispatch(this.#request, this)
    return this.#answered.promise
  }

  /** Whether the platform has said anything. */
  get hasBegun(): boolean {
    return this.#head !== undefined
  }

  /** Nobody waits for it any more. */
  abort(): void {
    this.#isAborted = true
    if (this.#stream) this.#stream.destroy()
    else this.#controller?.abort(new errors.RequestAbortedError())
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isAborted) controller.abort(new errors.RequestAbortedError())
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // RFC 9110 15.2: interim, the answer is still to come.
    if (status < 200) return
    this.#head = { status, headers }
    if (this.#request.method !== 'HEAD' && Number(headers['content-length']) <= small) return
    const stream = new Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        if (!stream.readableEnded) controller.abort(error ?? new errors.RequestAbortedError())
        done(error)
      },
    })
    // Whoever takes it listens as well, though perhaps later than it breaks.
    this.#stream = stream.on('error', () => {})
    this.#answered.resolve({ ...this.#head, body: stream })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#stream) this.#chunks.push(chunk)
    else if (!this.#stream.push(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    if (this.#stream) this.#stream.push(null)
    else if (this.#head) this.#answered.resolve({ ...this.#head, body: joined(this.#chunks) })
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#stream) this.#stream.destroy(error)
    else this.#answered.reject(error)
  }
}

const joined = (chunks: Buffer[]) => {
  const [first] = chunks
  return first && chunks.length === 1 ? first : Buffer.concat(chunks)
}
