/** One guarantee broken by one line, and the test files that must notice. */
export interface Mutant {
  guarantee: string
  file: string
  /** Stands in the file exactly once. */
  from: string
  to: string
  noticedBy: string[]
}

/** A test over HTTP, by its name. */
export const http = (name: string) => `server/test/${name}.test.ts`
