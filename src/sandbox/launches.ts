/** What the EHR knows at the moment of a launch. */
export interface LaunchContext {
  readonly patient: string;
  /** False where the EHR shows whose record is open around the app. */
  readonly needPatientBanner: boolean;
}

export interface Launches {
  /** An opaque id for `launch`, good for five minutes. */
  open(context: LaunchContext): string;
  contextOf(launch: string): LaunchContext | undefined;
}

const lifetimeMs = 300_000;

/** Launches under way. A page that is loaded anew may use its launch again while it lasts. */
export function launches(clock: () => number): Launches {
  const opened = new Map<string, { context: LaunchContext; untilMs: number }>();

  function forgetOld(): void {
    for (const [id, { untilMs }] of opened) if (untilMs <= clock()) opened.delete(id);
  }

  return {
    open(context) {
      forgetOld();
      const id = crypto.randomUUID();
      opened.set(id, { context, untilMs: clock() + lifetimeMs });
      return id;
    },
    contextOf(launch) {
      forgetOld();
      return opened.get(launch)?.context;
    },
  };
}
