/** Runs a list of checks, and prints what each finds. */

/** What a check found: problems, or else why it could not look, or a line about what is right. */
export interface Finding {
  readonly problems: readonly string[];
  readonly skipped?: string | undefined;
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
  let skipped = 0;
  for (const check of checks) {
    if (leftOut.includes(check.name)) {
      print(`left out  ${check.name}`);
      continue;
    }
    const { problems, skipped: reason, detail } = await outcomeOf(check);
    if (problems.length > 0) {
      for (const problem of problems) print(`FAILED    ${check.name}: ${problem}`);
      return false;
    }
    if (reason === undefined) print(`passed    ${check.name}${detail === undefined ? '' : `: ${detail}`}`);
    else print(`skipped   ${check.name}: ${reason}`);
    skipped += reason === undefined ? 0 : 1;
  }
  const passed = checks.length - leftOut.length - skipped;
  print(`${passed} checks passed, ${skipped} skipped, ${leftOut.length} left out.`);
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
