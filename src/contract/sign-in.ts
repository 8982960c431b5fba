import { z } from 'zod';

/** One of both: a token, or a code that works once on this machine. */
export const signInBody = z.union([
  z.strictObject({ token: z.string('must be given as text').min(1, 'must not be empty').max(4_096) }),
  z.strictObject({ code: z.string('must be given as text').min(1, 'must not be empty').max(100) }),
]);

export const me = z
  .object({
    who: z.string(),
    role: z.enum(['admin', 'viewer']).meta({ description: '`viewer` reads and changes nothing' }),
    version: z.string().meta({ description: 'Of the service' }),
    temporalUi: z.string().nullable().meta({
      description: "Where Temporal's Web UI lists the workflows; null where nobody has said",
    }),
  })
  .meta({ id: 'Me', description: 'Who asks' });
export type Me = z.output<typeof me>;
