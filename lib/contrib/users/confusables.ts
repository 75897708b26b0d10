/**
 * Letters that look like others, as far as names can hold both: the pairs of Unicode's UTS #39 (version 15), in lower case.
 * Left out are parts of Hangul syllables, which hardly stand alone, and two that would make common letters one: θ as an o,
 * ғ as an r. Beyond that table, a Latin letter with a stroke or a hook counts as the plain one, as with any other accent, and
 * so does a small capital; `i` counts as an l, as a capital I does.
 */
const LOOKS: Readonly<Record<string, string>> = {
  2: 'ƻ',
  6: 'б',
  8: 'ȣ',
  a: 'ɑαаᴀᶏⱥ',
  aa: 'ꜳ',
  ae: 'æӕ',
  ao: 'ꜵ',
  au: 'ꜷ',
  av: 'ꜹꜻ',
  ay: 'ꜽ',
  b: 'ƀƃƅɓʙβвьѣҍᴃꞵᵬᶀꞗ',
  bl: 'ы',
  c: 'ȼсҫᴄƈꞔ𝼝',
  d: 'ðđƌɖɗԁᴅᴆȡᵭᶁᶑꟈ',
  dz: 'ʣ',
  dȝ: 'ʤ',
  dʑ: 'ʥ',
  e: 'ɇɛεеєҽҿԑᴇꞓꬲᶒⱸꬴ',
  f: 'ƒғքᵮẝꜰꞙꬵᶂ',
  fn: 'ʩ',
  g: 'ƍǥɠɡɢʛԍցᶃꞡ',
  h: 'ħɦʜнћңһӈӊհꚕⱨ',
  j: 'ȷɉϳјյᴊʝ',
  k: 'ĸƙκкқҟᴋᶄⱪꝁꝃꝅꞣ',
  l: '1iłƚǀɨɩɪɫɭʟιіӏլ\u05d5\u05df\u0627ᴌᵻᵼꙇȴɬᶅᶖⱡꝉꞎꬷꬸꬹ𝼄𝼑𝼓𝼚',
  ll: 'ǁ\u05f0',
  ls: 'ʪ',
  lz: 'ʫ',
  lȝ: 'ɮ',
  'l\u0674': '\u0672',
  n: 'ŋƞɳɴηπпոռᴨᵰȵɲᶇꞑꞥꬻ',
  o: '0øɵοσоѳөօ\u05e1\u0647\u06be\u06c1\u06d5ჿᴏᴑꝋꬽꬾϛⱺꝍ𝼛',
  oe: 'œɶ',
  oo: 'ꚙꝏ',
  p: 'ƥρрᴘᴩᵽᵱᶈꝑꝓꝕ',
  q: 'ʠԛգզꞯꝗꝙ',
  r: 'ɍɼɽʀгᴦᵲꭇꭈᶉꞧꭆꭉ𝼖',
  rn: 'mɱʍμмӎᴍᵯᶆꬺ',
  s: 'ƽʂѕᵴꜱȿᶊꞩꟊ𝼞',
  ss: 'ß',
  t: 'ŧƭτтҭᴛᵵƫȶʈⱦ𝼉',
  tf: 'ꝷ',
  ts: 'ʦ',
  tȝ: 'ꜩ',
  tɕ: 'ʨ',
  tʃ: 'ʧ',
  u: 'ʋυսᴜᵾꞟꭎꭒᶙꞹ',
  ue: 'ᵫ',
  un: 'տ',
  uo: 'ꭣ',
  v: 'νѵ\u05d8ᴠⱱⱴꝟ',
  w: 'ɯωѡѽԝաᴡꙍꝡꞷⱳ',
  x: 'χхꭓꭕᶍꭖꭗꭘꭙ',
  y: 'ƴɏɣʏγуүұყᶌỿꭚ',
  z: 'ƶȥʐζᴢᵶɀᶎⱬ',
  ǝo: 'ᴔꭁꭂ',
  ɔe: 'ꭢ',
  "'": '\u05d9ꞌ',
  "''": '\u05f2',
  "l'": '\u05f1',
}

/** Groups of letters that look like each other and like no letter from a to z; the first one stands for all. */
const GROUPS: readonly string[] = [
  'þƿϸ ƨᴤꙅ ǝəә ȝʒӡჳꝫ ɋᶐ ɔͻᴐↄꬿ ɜзҙᴈ ɰպ ɸφф ɾᵳ ʃꭍ ʊᵿ ʌᴧ ʚꞝ ͷиҋᴎ ͽꜿ δծẟ ψѱ жҗ лӆᴫ яᴙ љꭠ ҷӌ ꜧꞕ',
  '\u0629\u06c3 \u062b\u063f\u067e\u06bd\u06d1 \u0641\u06a7 \u0643\u06a9\u06aa \u0648\u08b1',
  '\u0649\u064a\u066e\u06ba\u06cc\u06d2\u08bd \u066f\u06a1\u08bb\u08bc \u0679\u06bb \u067b\u06d0',
  '\u0681\u0772 \u06a4\u06a8 \u06ac\u0762 \u06ad\u0763 \u06af\u08b0 \u06ce\u0756 \u0754\u0767\u08a9',
  '〳ノ丿 く𡿨 へヘ イ亻 エ工 カ力 タ夕 ト卜 ニ二 ハ八 ロ口囗 ー一ꟷ 㖈䎛 㘽㦳 㩁搉 㫚曶 㬵胶 㬺幐',
  '㬻䐠 㮣槩 䀹鿃 䀿晣 䑃朦 䚶訞 併倂 値值 啓啟 土士 塡填 墫壿 媯嬀 帡帲 戶戸 晚晩 朌肦 朏胐 朐胊',
  '朓脁 朘脧 朣膧 杮柿 榝樧 溈潙 研硏 絕絶 胼腁 蒍蔿 蘷虁 訮詽 讆讏 豜豣 赿趆 跥跺 躗躛 軿輧 郎郞',
  '鎭鎮 隷隸 鹂鹃 黑黒',
].flatMap((groups) => groups.split(' '))

const LOOK_OF: ReadonlyMap<string, string> = new Map([
  ...Object.entries(LOOKS).flatMap(([look, letters]) =>
    [...letters].map((letter) => [letter, look] as const),
  ),
  ...GROUPS.flatMap(([look = '', ...others]) => others.map((letter) => [letter, look] as const)),
])

/** Letters whose capitals look like those of other letters than they do themselves: a Greek ΑΝΝΑ is an ANNA to the eye. */
const CAPITAL_LOOK_OF: ReadonlyMap<string, string> = new Map([
  ['η', 'h'],
  ['ν', 'n'],
  ['υ', 'y'],
  ['տ', 's'],
])

/**
 * What a name looks like in small letters, with a capital first, and in capitals: mostly the same. Two names that share a look
 * can be mistaken for each other. Accents do not count.
 */
export function looksOf(folded: string): string[] {
  const letters = [...folded.normalize('NFD').replace(/\p{M}/gu, '')]
  const small = letters.map((letter) => LOOK_OF.get(letter) ?? letter)
  const capital = letters.map((letter, index) => CAPITAL_LOOK_OF.get(letter) ?? (small[index] as string))
  const capitalised = [...capital.slice(0, 1), ...small.slice(1)]
  return [...new Set([small, capitalised, capital].map((look) => look.join('')))]
}
