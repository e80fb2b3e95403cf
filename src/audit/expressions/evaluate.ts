import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from '@actions/expressions/ast';
import { greaterThan, lessThan } from '@actions/expressions/result';
import {
  type Datum,
  dataOf,
  fromExpressionData,
  type Json,
  joined,
  memberOf,
  NULL,
  openOf,
  toExpressionData,
} from './datum.ts';
import { callFunction } from './functions.ts';
import type { Template } from './parse.ts';
import { knownData } from './resolve.ts';
import { anyText, follow, inTurn, limited, mapWays, oneWay, type Situation, type Way } from './situation.ts';
import { areEqual, testEquals, testTruth, undecided } from './tests.ts';

/**
 * The contexts of an expression.
 *
 * @param path `['github', 'ref']`; the name of the context is in lower case
 */
export type Scope = (path: readonly string[], situation: Situation) => readonly Way<Datum>[];

/** Evaluates a text with `${{ }}`. A single expression keeps its type; everything else becomes a string. */
export function evaluateTemplate({ parts }: Template, scope: Scope, situation: Situation): Way<Datum>[] {
  const [first = ''] = parts;
  if (parts.length < 2) return evaluatePart(first, scope, situation);
  const ways = inTurn(parts, situation, (part, at) => evaluatePart(part, scope, at));
  return limited(mapWays(ways, joined));
}

function evaluatePart(part: string | Expr, scope: Scope, situation: Situation): Way<Datum>[] {
  return typeof part === 'string' ? oneWay(situation, dataOf(part)) : evaluate(part, scope, situation);
}

/** The situations in which a condition is true. */
export function situationsWhere(condition: Template, scope: Scope, situation: Situation): Situation[] {
  const ways = follow(evaluateTemplate(condition, scope, situation), (way) =>
    testTruth(way.situation, way.value),
  );
  return ways.filter(({ value }) => value).map((way) => way.situation);
}

function evaluate(expression: Expr, scope: Scope, situation: Situation): Way<Datum>[] {
  if (expression instanceof Literal) return oneWay(situation, dataOf(fromExpressionData(expression.literal)));
  if (expression instanceof Grouping) return evaluate(expression.group, scope, situation);
  if (expression instanceof Logical) return evaluateLogical(expression, scope, situation);
  if (expression instanceof Unary) {
    const ways = follow(evaluate(expression.expr, scope, situation), (way) =>
      testTruth(way.situation, way.value),
    );
    return mapWays(ways, (value) => dataOf(!value));
  }
  if (expression instanceof Binary) {
    return follow(evaluate(expression.left, scope, situation), (left) =>
      follow(evaluate(expression.right, scope, left.situation), (right) =>
        compare(expression.operator.lexeme, [left.value, right.value], right.situation),
      ),
    ).map((way) => ({ ...way, value: dataOf(way.value) }));
  }
  if (expression instanceof FunctionCall) {
    return follow(
      inTurn(expression.args, situation, (argument, at) => evaluate(argument, scope, at)),
      (way) => callFunction(expression.functionName.lexeme.toLowerCase(), way.value, way.situation),
    );
  }
  return evaluatePath(expression, scope, situation);
}

/** `&&` and `||` return one of their operands and do not evaluate the ones after it. */
function evaluateLogical({ operator, args }: Logical, scope: Scope, situation: Situation): Way<Datum>[] {
  const goesOn = operator.lexeme === '&&';
  const done: Way<Datum>[] = [];
  let open: Situation[] = [situation];
  for (const [index, argument] of args.entries()) {
    const ways = open.flatMap((at) => evaluate(argument, scope, at));
    if (index === args.length - 1) return limited([...done, ...ways]);
    open = [];
    for (const way of limited(ways)) {
      for (const tested of testTruth(way.situation, way.value)) {
        if (tested.value === goesOn) open.push(tested.situation);
        else done.push({ situation: tested.situation, value: way.value });
      }
    }
  }
  return done;
}

function compare(operator: string, sides: readonly Datum[], situation: Situation): Way<boolean>[] {
  const [left = NULL, right = NULL] = sides.map((side) => knownData(side, situation));
  if (operator === '==' || operator === '!=') {
    const ways = testEqual(left, right, situation);
    return operator === '==' ? ways : mapWays(ways, (value) => !value);
  }
  if (left.kind !== 'data' || right.kind !== 'data') return undecided(situation, left, right);
  const [a, b] = [toExpressionData(left.data), toExpressionData(right.data)];
  const equal = operator.endsWith('=') && areEqual(left.data, right.data);
  return oneWay(situation, equal || (operator.startsWith('>') ? greaterThan(a, b) : lessThan(a, b)));
}

function testEqual(left: Datum, right: Datum, situation: Situation): Way<boolean>[] {
  if (right.kind === 'data') return testEquals(situation, left, right.data);
  if (left.kind === 'data') return testEquals(situation, right, left.data);
  return areAlike(left, right) ? oneWay(situation, true) : undecided(situation, left, right);
}

/** Whether two data consist of the same texts and variables. */
function areAlike(left: Datum, right: Datum): boolean {
  const shape = (datum: Datum) =>
    datum.kind === 'data'
      ? undefined
      : JSON.stringify(datum.parts.map((part) => (typeof part === 'string' ? part : [part.variable])));
  return shape(left) === shape(right);
}

/** `github.event.pull_request.merged`, `matrix['a']`, `fromJSON(vars.X).name`. */
function evaluatePath(expression: Expr, scope: Scope, situation: Situation): Way<Datum>[] {
  const names: Expr[] = [];
  let root = expression;
  while (root instanceof IndexAccess) {
    names.unshift(root.index);
    root = root.expr;
  }
  if (names.some((name) => name instanceof Star)) {
    const variable = 'an expression with .*';
    return oneWay(
      situation,
      openOf(variable, anyText('unknown', variable, 'an expression with .* is not evaluated')),
    );
  }
  return follow(
    inTurn(names, situation, (name, at) => evaluate(name, scope, at)),
    (way) => {
      const path = way.value.map((name) => (name.kind === 'data' ? name.data : undefined));
      if (path.includes(undefined)) return oneWay(way.situation, unknownMember());
      if (root instanceof ContextAccess) {
        return scope([root.name.lexeme.toLowerCase(), ...path.map(String)], way.situation);
      }
      return evaluate(root, scope, way.situation).map((found) => ({
        ...found,
        value: memberAt(found.value, path as readonly Json[]),
      }));
    },
  );
}

function unknownMember(): Datum {
  const variable = 'a member whose name is not known';
  return openOf(variable, anyText('unknown', variable, 'the name of the member is not known'));
}

/** The member of a datum at a path. A member of an unknown value is unknown. */
export function memberAt(datum: Datum, path: readonly Json[]): Datum {
  if (path.length === 0) return datum;
  if (datum.kind === 'data')
    return dataOf(path.reduce((json: Json, name) => memberOf(json, name), datum.data));
  const [hole, ...others] = datum.parts;
  if (typeof hole !== 'object' || others.length > 0) return NULL;
  const variable = [hole.variable, ...path].join('.');
  return openOf(variable, anyText(hole.domain.kind, variable, hole.domain.reason));
}
