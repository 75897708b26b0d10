/**
 * What people do to show how they feel, each with the preposition that leads to whom they do it to: 'dance bob' is 'dance
 * with bob'. Verbs with '' take a person as they are: 'hug bob'.
 *
 * A program adds to them: `{ ...socials, boogie: 'with' }`. Left out are words that services use for commands (look, help,
 * follow), and what a stranger should not have done to them.
 */
export type Socials = Readonly<Record<string, string>>

/** Verbs by preposition. */
const VERBS: Readonly<Record<string, string>> = {
  '':
    'accuse address admire adore amuse annoy answer applaud assist avoid baffle bless bonk bore calm charm cheer comfort ' +
    'compliment confuse congratulate console copy cuddle dazzle defend defy distract doubt embrace encourage entertain ' +
    'envy escort face forgive greet guide hug humour hypnotise imitate impress interrupt judge kick kiss love mimic ' +
    'miss mock nudge nuzzle obey observe outwit pamper pardon pat pet pinch poke praise prod protect push puzzle quiz ' +
    'reassure rescue restrain salute scold serenade shake shield snub soothe spook squeeze startle study support surprise ' +
    'tackle tap tease thank tickle toast trip trust tug warn welcome',
  about: 'boast brag care complain fret gossip grumble joke moan mope muse whine wonder worry',
  around: 'bounce circle hop lurk pace prance skip tiptoe twirl wander',
  at:
    'babble bark beam blink blush boggle boo bow burp cackle chortle chuckle clap cough cringe cry curtsey curtsy drool ' +
    'fidget flinch frown fume gape gasp gaze giggle glance glare glower goggle grimace grin groan growl grunt guffaw ' +
    'hiss hoot howl laugh meow moo nod peer point pout purr roar scoff scowl scream shriek shrug shudder sigh smile smirk ' +
    'snarl sneer snicker snigger snore snort squeak squint stare sulk twinkle twitch wail wave whimper whistle wince wink ' +
    'wobble yawn yell yelp yodel',
  before: 'cower genuflect grovel kneel tremble',
  for: 'cater pine pray root swoon weep yearn',
  from: 'hide recoil shrink',
  of: 'approve beware despair disapprove dream think',
  on: 'dote eavesdrop faint fawn lean sneeze snuggle spy stumble',
  over: 'hover rave',
  past: 'amble march saunter stroll strut swagger',
  to: 'apologise apologize beckon confess gesture hum motion mumble mutter plead propose sing surrender whisper',
  with:
    'agree argue bargain bond celebrate chat dance debate dine disagree duel empathise fence flirt frolic jam joust party ' +
    'play polka quarrel rejoice romp rumba samba skate spar sympathise tango waltz wrestle',
}

export const socials: Socials = Object.fromEntries(
  Object.entries(VERBS).flatMap(([preposition, verbs]) =>
    verbs.split(' ').map((verb) => [verb, preposition]),
  ),
)
