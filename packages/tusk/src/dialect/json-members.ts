/** The members of a JSON array or object as they are written there: numbers keep all their digits. Of an object with their keys. */
export function jsonMembers(text: string): readonly string[] {
  const members: string[] = []
  let depth = 0
  let from = 1
  for (const { 0: part, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    const closes = part === ']' || part === '}'
    if (depth === 1 && (closes || part === ',')) {
      const member = text.slice(from, index).trim()
      if (member !== '') members.push(member)
      from = index + 1
    }
    if (closes) depth--
    else if (part === '[' || part === '{') depth++
  }
  return members
}

/** Key and value of a member of an object. */
export function keyAndValue(member: string): readonly [key: string, value: string] {
  const [written = '', key = '""'] = /^("(?:[^"\\]|\\.)*")\s*:\s*/.exec(member) ?? []
  return [JSON.parse(key) as string, member.slice(written.length)]
}
