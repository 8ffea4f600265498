/** Codes to exchange, made ahead of the time that is measured. */
export class Supply {
  readonly #codes: string[]
  readonly #make: ((count: number) => Promise<string[]>) | undefined

  constructor({
    codes = [],
    make,
  }: {
    codes?: string[]
    make?: (count: number) => Promise<string[]>
  }) {
    this.#codes = codes
    this.#make = make
  }

  take(): string | undefined {
    return this.#codes.pop()
  }

  get left(): number {
    return this.#codes.length
  }

  /** As many as asked for, where more can be made. */
  async refill(count: number): Promise<void> {
    const missing = count - this.#codes.length
    if (missing > 0 && this.#make) this.#codes.push(...(await this.#make(missing)))
  }
}
