/** What an operator is told of a machine that the product runs on: its disks, and its clock. */
export type Said = { what: string; whatToDo: string };

/** What is left of a disk, bytes. */
export type Space = { free: number; total: number };

const GIB = 1024 ** 3;
/** What a disk should have left: a GiB, or a tenth where that is less. */
const ENOUGH = GIB;
const ENOUGH_SHARE = 0.1;
/** By so much a clock may be off: Freshdesk tells whole seconds, and answers take some. */
export const CLOCK_OFF_MS = 60_000;

/** null while there is room. */
export function diskTrouble(place: string, { free, total }: Space): Said | null {
  if (free >= Math.min(ENOUGH, total * ENOUGH_SHARE)) return null;
  return {
    what: `${sizeInWords(free)} of ${sizeInWords(total)} are free on the disk of ${place}. When it is full, nothing is mirrored or answered any more.`,
    whatToDo:
      'Make room there, or move the data to a bigger disk. Work goes on by itself as soon as there is room; nothing is lost meanwhile.',
  };
}

/** `aheadMs`: our clock less Freshdesk's. null while they agree. */
export function clockTrouble(machine: string, aheadMs: number): Said | null {
  if (Math.abs(aheadMs) <= CLOCK_OFF_MS) return null;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const off = seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
  return {
    what: `The clock of ${machine} is ${off} ${aheadMs > 0 ? 'ahead of' : 'behind'} Freshdesk's. Times in logs and reports are wrong by that.`,
    whatToDo: 'Let the machine set its clock by NTP (timedatectl set-ntp true, for one).',
  };
}

/** Such as "512 MiB" or "1.5 GiB". */
export function sizeInWords(bytes: number): string {
  return bytes < GIB ? `${Math.floor(bytes / 1024 ** 2)} MiB` : `${(bytes / GIB).toFixed(1)} GiB`;
}

/** Whether a host is the machine that names it: `localhost`, 127.0.0.0/8 or ::1, as an address bar or a URL has it. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i.test(hostname);
}
