import { Client, type Dispatcher } from 'undici'

export interface Request {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/**
 * One kept-alive connection with one request at a time. Through undici's dispatch, which leaves out
 * the streams and signals of its other ways: the generator shares the machine with what it measures.
 */
export class Connection {
  readonly #client: Client

  constructor(origin: string) {
    this.#client = new Client(origin, { pipelining: 1 })
  }

  send(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#client.dispatch({ ...request, body: request.body ?? null }, new Reader(resolve, reject))
    })
  }

  close(): Promise<void> {
    return this.#client.destroy()
  }
}

class Reader implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (error: Error) => void
  readonly #answer: Answer = { status: 0, headers: {}, body: '' }

  constructor(resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    this.#resolve = resolve
    this.#reject = reject
  }

  onRequestStart(): void {}

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#answer.status = status
    this.#answer.headers = headers
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.#answer.body += chunk.toString()
  }

  onResponseEnd(): void {
    this.#resolve(this.#answer)
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#reject(error)
  }
}
