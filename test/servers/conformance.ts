import { type Check, checks } from './conformance-checks.ts';
import { Failing, type Trial } from './trial.ts';

/** One line of the conformance report. */
export interface Finding {
  readonly check: string;
  readonly result: 'passed' | 'failed' | 'noted' | 'not run';
  /** What was seen, or why it failed. */
  readonly seen: string;
  /** Requests and statuses, in order of the first of each. No value that was sent. */
  readonly answered: string;
  /** What to do; empty where nothing is to be done. */
  readonly advice: string;
}

/** Puts one server through every check, in order, and always tries to take back what it wrote. */
export async function conformanceOf(trial: Trial): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let footing = true;
  for (const check of checks) {
    const finding = footing ? await findingOf(check, trial) : notRun(check);
    findings.push(finding);
    if (check.essential && finding.result === 'failed') footing = false;
  }
  return findings;
}

async function findingOf(check: Check, trial: Trial): Promise<Finding> {
  try {
    const seen = await check.run(trial);
    const result = seen.includes('note: ') ? 'noted' : 'passed';
    return {
      check: check.title,
      result,
      seen,
      answered: trial.answers(),
      advice: result === 'noted' ? check.advice : '',
    };
  } catch (error) {
    if (!(error instanceof Failing)) throw error;
    return {
      check: check.title,
      result: 'failed',
      seen: error.message,
      answered: trial.answers(),
      advice: check.advice,
    };
  }
}

const notRun = ({ title }: Check): Finding => ({
  check: title,
  result: 'not run',
  seen: 'an earlier check failed',
  answered: '',
  advice: '',
});
