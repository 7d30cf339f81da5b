/** The operation took longer than it was given. What it does in the end is ignored. */
class TimeBudgetExceeded extends Error {
  constructor(milliseconds: number) {
    super(`No answer within ${milliseconds} ms.`);
    this.name = 'TimeBudgetExceeded';
  }
}

/** Rejects with TimeBudgetExceeded when the operation has not settled in time. */
export async function within<Result>(milliseconds: number, operation: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const exceeded = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeBudgetExceeded(milliseconds)), milliseconds);
  });
  operation.catch(() => undefined);
  try {
    return await Promise.race([operation, exceeded]);
  } finally {
    clearTimeout(timer);
  }
}
