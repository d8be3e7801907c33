/** As Go prints a time: `2026-12-01 09:30:00.5 +0000 UTC`. */
export function goTime(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split(/[TZ]/);
  return `${day} ${time.replace(/\.?0+$/, '')} +0000 UTC`;
}
