import { type Html, html } from './html.ts'

/** Two addresses with the parts marked in which they differ, for whoever has to fix one of them. */
export function markDifferences(one: string, other: string): [Html, Html] {
  const [a, b] = [pieces(one), pieces(other)]
  const marked = compare(a, b, commonLengths(a, b))
  return [markup(marked[0]), markup(marked[1])]
}

interface Piece {
  text: string
  differs: boolean
}

const markup = (marked: Piece[]) =>
  html`${marked.map(({ text, differs }) => (differs ? html`<mark>${visible(text)}</mark>` : visible(text)))}`

// What one cannot see is what one looks for longest: a space at the end, a zero-width letter.
const visible = (text: string) => text.replace(/[\p{C}\p{Z}]/gu, codePoint)

const codePoint = (letter: string) =>
  `[U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`

// Words and separators, so that "callbacks" differs from "callback" as a whole; capped, since a
// stranger chooses the length.
const pieces = (address: string) =>
  address
    .slice(0, 2000)
    .match(/[\p{L}\p{N}]+|./gsu)
    ?.slice(0, 300) ?? []

type Common = (i: number, j: number) => number

const compare = (a: string[], b: string[], common: Common): [Piece[], Piece[]] => {
  const marked: [Piece[], Piece[]] = [[], []]
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [here, there] = [a[i], b[j]]
    if (here !== undefined && here === there) {
      for (const side of marked) append(side, here, false)
      i++
      j++
    } else if (
      here !== undefined &&
      (there === undefined || common(i + 1, j) >= common(i, j + 1))
    ) {
      append(marked[0], here, true)
      i++
    } else if (there !== undefined) {
      append(marked[1], there, true)
      j++
    }
  }
  return marked
}

const append = (side: Piece[], text: string, differs: boolean) => {
  const last = side.at(-1)
  if (last?.differs === differs) last.text += text
  else side.push({ text, differs })
}

/** The length of the longest common subsequence of what follows i and j. */
const commonLengths = (a: string[], b: string[]): Common => {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  const at: Common = (i, j) => lengths[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i] as Uint16Array
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  return at
}
