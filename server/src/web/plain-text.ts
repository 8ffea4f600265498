/**
 * A stranger's words without control and direction marks, which could turn the words around them
 * or hide in them (A97). Joiners stay: emoji and several scripts are written with them.
 */
export function plainText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ')
    .trim()
}
