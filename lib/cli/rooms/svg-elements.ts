/** Elements of an SVG picture, and how they look. */

type Attributes = Readonly<Record<string, string | number>>

// Beside these, XML forbids control characters and halves of characters, which labels never have.
const NO_XML = /[\ufffe\uffff]/g
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export function xml(words: string): string {
  return words.replace(NO_XML, '\ufffd').replace(/[&<>"]/g, (character) => ESCAPES[character] as string)
}

/** @param content as it is to stand there. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${xml(String(rounded(value)))}"`)
  return content === '' ? `<${name}${list.join('')}/>` : `<${name}${list.join('')}>${content}</${name}>`
}

function rounded(value: string | number): string | number {
  return typeof value === 'number' ? Math.round(value * 10) / 10 : value
}

export function text(words: string, attributes: Attributes): string {
  return element('text', attributes, xml(words))
}

/** A light paper of its own, so that it can be read on dark pages as well. */
export const LOOK = `<style>
text { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
.name { font-size: 13px; font-weight: 600 }
.note { font-size: 10px; fill: #57606a }
.middle { text-anchor: middle }
.paper { fill: #fbfaf7 }
.room { fill: #ffffff; stroke: #8c959f }
.start { stroke: #0969da; stroke-width: 2.5 }
.way { stroke: #57606a; stroke-width: 1.5 }
.guarded { stroke-dasharray: 5 4 }
</style>
<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 10 5 0 10z" fill="#57606a"/></marker></defs>`
