// Finds what could be changed in a source file so that it does something else: each change is a mutant, and specs that stay
// green with it say that nobody would notice.

import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import {
  isBinaryExpression,
  isBlock,
  isConditionalExpression,
  isExpressionStatement,
  isIfStatement,
  isPrefixUnaryExpression,
  isReturnStatement,
  isWhileStatement,
} from 'typescript/unstable/ast/is'
import { API } from 'typescript/unstable/sync'

export interface Mutant {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** What stands there, and what the mutant has in its place. */
  readonly start: number
  readonly before: string
  readonly after: string
}

const OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '+=': '-=',
  '-=': '+=',
}

/**
 * Every mutant of these files, in the order of files and places.
 *
 * @param root folder of the project's `tsconfig.json`
 * @param files paths from there; all part of the project
 */
export function findMutants(root: string, files: readonly string[]): Mutant[] {
  const api = new API({ cwd: root })
  try {
    const project = `${root}/tsconfig.json`
    const program = api.updateSnapshot({ openProjects: [project] }).getProject(project)?.program
    return files.flatMap((file) => {
      const source = program?.getSourceFile(`${root}/${file}`)
      if (source === undefined) throw new Error(`${file} is no part of ${project}`)
      return mutantsOf(file, source)
    })
  } finally {
    api.close()
  }
}

function mutantsOf(file: string, source: SourceFile): Mutant[] {
  const { text } = source
  const mutants: Mutant[] = []
  const replace = (node: Node, after: string): void => {
    const start = node.getStart(source)
    const before = text.slice(start, node.end)
    if (before !== after)
      mutants.push({ file, line: text.slice(0, start).split('\n').length, start, before, after })
  }
  const visit = (node: Node): void => {
    if (isBinaryExpression(node)) {
      const operator = text.slice(node.operatorToken.getStart(source), node.operatorToken.end)
      const other = OPERATORS[operator]
      // Text is joined by + as well, and nothing else would make sense of it.
      if (other !== undefined && !(operator === '+' && [node.left, node.right].some(isText))) {
        replace(node.operatorToken, other)
      }
    } else if (isIfStatement(node) || isWhileStatement(node)) {
      replace(node.expression, 'true')
      replace(node.expression, 'false')
    } else if (isConditionalExpression(node)) {
      replace(node.condition, 'true')
      replace(node.condition, 'false')
    } else if (isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken) {
      replace(node, text.slice(node.operand.getStart(source), node.end))
    } else if (isExpressionStatement(node) && node.expression.kind !== SyntaxKind.StringLiteral) {
      replace(node, isBlock(node.parent) ? ';' : '{}')
    } else if (
      isReturnStatement(node) &&
      node.expression !== undefined &&
      !isUndefined(node.expression, text)
    ) {
      replace(node, 'return undefined as never')
    } else if (node.kind === SyntaxKind.TrueKeyword && !isType(node)) {
      replace(node, 'false')
    } else if (node.kind === SyntaxKind.FalseKeyword && !isType(node)) {
      replace(node, 'true')
    }
    node.forEachChild(visit)
  }
  visit(source)
  return mutants
}

function isText({ kind }: Node): boolean {
  return (
    kind === SyntaxKind.StringLiteral ||
    kind === SyntaxKind.TemplateExpression ||
    kind === SyntaxKind.NoSubstitutionTemplateLiteral
  )
}

function isUndefined(node: Node, text: string): boolean {
  return text.slice(node.pos, node.end).trim() === 'undefined'
}

function isType(literal: Node): boolean {
  return literal.parent.kind === SyntaxKind.LiteralType
}

export function applied({ start, before, after }: Mutant, source: string): string {
  return source.slice(0, start) + after + source.slice(start + before.length)
}
