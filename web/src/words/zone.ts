/** The reader's time zone, by its name. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
