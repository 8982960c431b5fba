import { z } from 'zod';

/**
 * What Freshdesk answers, read tolerantly: unknown keys are dropped, missing keys and nulls get the value that does least
 * harm; required are ids, a ticket's status, and when something was written. Enums stay numbers, since accounts add their own.
 */
export const id = z.number().int().refine(Number.isSafeInteger, 'an id beyond the safe integers');
export const idOrNull = id.nullish().catch(null).transform(orNull);
export const text = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? '');
export const textOrNull = z.string().nullish().catch(null).transform(orNull);
export const flag = z
  .boolean()
  .nullish()
  .catch(null)
  .transform((value) => value ?? false);
export const time = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));
export const timeOrNull = time.nullish().catch(null).transform(orNull);

export function orNull<T>(value: T | null | undefined): T | null {
  return value ?? null;
}

/** An array whose unusable elements are left out rather than failing what holds them. */
export function usable<T extends z.ZodType>(element: T) {
  return z
    .array(z.unknown())
    .nullish()
    .catch(null)
    .transform((values) =>
      (values ?? []).flatMap((value): z.output<T>[] => {
        const parsed = element.safeParse(value);
        return parsed.success ? [parsed.data] : [];
      }),
    );
}

export const strings = usable(z.string());
export const ids = usable(id);
export const count = z.number().int().nullish().catch(null);
