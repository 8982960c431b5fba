/** Timers of one simulator: they never keep the process alive and all end when it is closed. */
export type Timers = {
  after(ms: number, run: () => void): void;
  /** Waits; answers false when the simulator was closed meanwhile. Without `ms` it waits for the close. */
  pause(ms: number | null): Promise<boolean>;
  close(): void;
};

export function createTimers(): Timers {
  const pending = new Set<NodeJS.Timeout>();
  const waiting = new Set<(open: boolean) => void>();
  let closed = false;

  const after = (ms: number, run: () => void): void => {
    if (closed) return;
    const timer = setTimeout(() => {
      pending.delete(timer);
      run();
    }, ms);
    timer.unref();
    pending.add(timer);
  };

  return {
    after,
    pause(ms) {
      if (closed) return Promise.resolve(false);
      return new Promise((resolve) => {
        const end = (open: boolean): void => {
          waiting.delete(end);
          resolve(open);
        };
        waiting.add(end);
        if (ms !== null) after(ms, () => end(true));
      });
    },
    close() {
      closed = true;
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
      for (const end of waiting) end(false);
    },
  };
}
