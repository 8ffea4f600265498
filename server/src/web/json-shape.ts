const deepest = 32

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g

/**
 * Refuses valid JSON that two readers may read differently: a key given twice (the last one wins
 * here, the first elsewhere), numbers beyond a double, and nesting no document of ours needs.
 */
export function checkJsonShape(text: string): void {
  const open: (Set<string> | undefined)[] = []
  let previous = ''
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') addKey(open.at(-1), previous)
    else if (/^[-\d]/.test(token) && !Number.isFinite(Number(token))) {
      throw new SyntaxError('a number is out of range')
    }
    if (open.length > deepest) throw new SyntaxError('nested too deeply')
    previous = token
  }
}

const addKey = (keys: Set<string> | undefined, token: string) => {
  const key: string = JSON.parse(token)
  if (keys?.has(key)) throw new SyntaxError('a key is given twice')
  keys?.add(key)
}
