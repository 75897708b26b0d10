/** Three people, and what each of them reads. Run it: `npx tsx examples/contrib/language.ts`. */
import { directedAction, he, parsePronouns, she, socials } from 'mara-ts/contrib/language'

const ann = { name: 'Ann', pronouns: she }
const bob = { name: 'Bob', pronouns: he }
const cat = { name: 'Cat', pronouns: parsePronouns('xe/xem/xyr/xemself') }
const people = [ann, bob, cat]

function act(who: (typeof people)[number], text: string): void {
  const action = directedAction(text, people, { socials: { ...socials, boogie: 'with' } })
  console.log(`${who.name} types: ${text}`)
  for (const reader of people) console.log(`  ${reader.name} reads: ${action.seenBy(reader, who)}`)
}

act(ann, 'dance bob')
act(ann, 'dance around bob, pointing at cat and ann')
act(bob, 'smile at ann because she is nice')
act(cat, 'poke me')
act(cat, 'boogie bob and think I am great')
