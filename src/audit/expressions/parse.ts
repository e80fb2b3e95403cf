import { Lexer, Parser } from '@actions/expressions';
import {
  Binary,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Logical,
  Unary,
} from '@actions/expressions/ast';

/** A text with `${{ }}`, split into its parts. */
export interface Template {
  readonly parts: readonly (string | Expr)[];
}

const STATUS = ['always', 'cancelled', 'failure', 'success'];
const BEFORE_JOB = ['github', 'needs', 'vars', 'inputs'];
const WITH_MATRIX = [...BEFORE_JOB, 'strategy', 'matrix'];
const IN_STEP = [...WITH_MATRIX, 'job', 'runner', 'env', 'steps'];

/** The contexts that each place allows (GitHub Docs, "Contexts reference", "Context availability"). */
const CONTEXTS = {
  'job-if': BEFORE_JOB,
  strategy: BEFORE_JOB,
  environment: WITH_MATRIX,
  'call-inputs': WITH_MATRIX,
  'call-secrets': [...WITH_MATRIX, 'secrets'],
  'input-default': ['github', 'vars'],
  'workflow-env': ['github', 'secrets', 'inputs', 'vars'],
  'job-env': [...WITH_MATRIX, 'secrets'],
  step: [...IN_STEP, 'secrets'],
  'step-if': IN_STEP,
  composite: ['github', 'inputs', 'strategy', 'matrix', 'steps', 'job', 'runner', 'env'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Place = keyof typeof CONTEXTS;

function functionsOf(place: Place) {
  const withStatus = place === 'job-if' || place === 'step-if' || place === 'composite';
  const withFiles = place === 'step' || place === 'step-if' || place === 'composite';
  return [
    ...(withStatus ? STATUS : []).map((name) => ({ name, minArgs: 0, maxArgs: 255 })),
    ...(withFiles ? [{ name: 'hashFiles', minArgs: 1, maxArgs: 255 }] : []),
  ];
}

/** Why a text is not valid. */
interface ExpressionProblem {
  readonly problem: string;
}

const CACHE = new Map<string, Expr | ExpressionProblem>();
const MAX_CACHED = 2_000;

/** Parses one expression without `${{ }}`. */
function parseExpression(text: string, place: Place): Expr | ExpressionProblem {
  const key = `${place} ${text}`;
  let parsed = CACHE.get(key);
  if (parsed === undefined) {
    parsed = newExpression(text, place);
    if (CACHE.size >= MAX_CACHED) CACHE.clear();
    CACHE.set(key, parsed);
  }
  return parsed;
}

function newExpression(text: string, place: Place): Expr | ExpressionProblem {
  try {
    const { tokens } = new Lexer(text).lex();
    // The parser returns undefined for an empty expression.
    const expression: Expr | undefined = new Parser(tokens, [...CONTEXTS[place]], functionsOf(place)).parse();
    return expression ?? { problem: 'the expression is empty' };
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : '').split(/\. Located at|\n/);
    return { problem: `GitHub rejects the expression: ${reason}` };
  }
}

/** Parses a text with `${{ }}`. */
export function parseTemplate(text: string, place: Place): Template | ExpressionProblem {
  const parts: (string | Expr)[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('${{', at);
    if (open < 0) break;
    const close = endOfExpression(text, open + 3);
    if (close < 0) return { problem: 'the expression has no closing }}' };
    if (open > at) parts.push(text.slice(at, open));
    const parsed = parseExpression(text.slice(open + 3, close).trim(), place);
    if ('problem' in parsed) return parsed;
    parts.push(parsed);
    at = close + 2;
  }
  if (at < text.length) parts.push(text.slice(at));
  return { parts };
}

/** The position of the `}}` that is not in a string; -1 without one. */
function endOfExpression(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith('}}', at)) return at;
  }
  return -1;
}

/** Parses an `if`, an expression with or without `${{ }}`. Text around `${{ }}` makes it a string, which is always true. */
export function parseCondition(text: string, place: Place): Template | ExpressionProblem {
  if (text.includes('${{')) return parseTemplate(text.trim(), place);
  const parsed = parseExpression(text.trim(), place);
  return 'problem' in parsed ? parsed : { parts: [parsed] };
}

/** Whether an expression calls `always()`, `success()`, `failure()` or `cancelled()`. */
export function callsStatusFunction(expression: Expr): boolean {
  if (expression instanceof FunctionCall) {
    if (STATUS.includes(expression.functionName.lexeme.toLowerCase())) return true;
    return expression.args.some(callsStatusFunction);
  }
  if (expression instanceof Unary) return callsStatusFunction(expression.expr);
  if (expression instanceof Binary)
    return callsStatusFunction(expression.left) || callsStatusFunction(expression.right);
  if (expression instanceof Logical) return expression.args.some(callsStatusFunction);
  if (expression instanceof Grouping) return callsStatusFunction(expression.group);
  if (expression instanceof IndexAccess) return callsStatusFunction(expression.expr);
  return false;
}
