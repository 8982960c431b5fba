/** A secret that is shown this once. */
export function SecretOnce({ secret }: { secret: string }) {
  return (
    <output className="card stack">
      <span>
        The webhook secret, shown this once: the automation rules in Freshdesk have to send it in the header
        X-Webhook-Secret.
      </span>
      <code>{secret}</code>
    </output>
  );
}
