/** The part of a .cpuprofile that is read here. */
export interface CpuProfile {
  nodes: {
    id: number
    callFrame: { functionName: string; url: string; lineNumber: number }
    children?: number[]
  }[]
  /** Ids of nodes, one a sample. */
  samples: number[]
  /** µs between the samples. */
  timeDeltas: number[]
}

/** Switches the CPU profiler of a running process on and off, by the protocol of its debugger. */
export class Inspector {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (answer: { result?: { profile?: CpuProfile } }) => void>()
  #last = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data))
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    })
  }

  static async connect(address: string): Promise<Inspector> {
    const socket = new WebSocket(address)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    })
    const inspector = new Inspector(socket)
    await inspector.#call('Profiler.enable')
    await inspector.#call('Profiler.setSamplingInterval', { interval: 200 })
    return inspector
  }

  async start(): Promise<void> {
    await this.#call('Profiler.start')
  }

  async stop(): Promise<CpuProfile> {
    const { result } = await this.#call('Profiler.stop')
    if (!result?.profile) throw new Error('the profiler gave no profile')
    return result.profile
  }

  close(): void {
    this.#socket.close()
  }

  #call(method: string, params: object = {}) {
    const id = ++this.#last
    const answer = new Promise<{ result?: { profile?: CpuProfile } }>((resolve) => {
      this.#waiting.set(id, resolve)
    })
    this.#socket.send(JSON.stringify({ id, method, params }))
    return answer
  }
}
