/** Runs a list of checks, and prints what each finds. */

/** What a check found: problems, or else a line about what is right. */
export interface Finding {
  readonly problems: readonly string[];
  readonly detail?: string;
}

export interface Check {
  readonly name: string;
  readonly run: () => Finding | Promise<Finding>;
}

/** Runs checks in order until one fails, since each relies on those before it. Returns whether none failed. */
export async function runChecks(
  checks: readonly Check[],
  leftOut: readonly string[],
  print: (line: string) => void,
): Promise<boolean> {
  const names = checks.map(({ name }) => name);
  const unknown = leftOut.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    print(`--without names no check: ${unknown.join(', ')}. The checks are ${names.join(', ')}.`);
    return false;
  }
  for (const check of checks) {
    if (leftOut.includes(check.name)) {
      print(`left out  ${check.name}`);
      continue;
    }
    const { problems, detail } = await outcomeOf(check);
    if (problems.length > 0) {
      for (const problem of problems) print(`FAILED    ${check.name}: ${problem}`);
      return false;
    }
    print(`passed    ${check.name}${detail === undefined ? '' : `: ${detail}`}`);
  }
  print(`${checks.length - leftOut.length} checks passed, ${leftOut.length} left out.`);
  return true;
}

async function outcomeOf({ run }: Check): Promise<Finding> {
  try {
    return await run();
  } catch (error) {
    const { message, stderr = '' } = error as Error & { stderr?: string };
    return { problems: [[message, stderr].join('\n').trim()] };
  }
}
