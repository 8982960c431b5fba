-- An embedding server that is down blocks a conversation as a model does that is down (G8).
CREATE OR REPLACE FUNCTION "episode_decisions"(of_session UUID, of_number INT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM "Episode" WHERE "sessionId" = of_session AND "number" = of_number FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  UPDATE "Episode" e SET
    "mode" = f."mode", "tokens" = COALESCE(f.tokens, 0), "money" = f.money,
    "drafts" = f.drafts, "firstDraftAt" = f.drafted, "draftFate" = best."fate", "distance" = best."distance",
    "handedOffAt" = h.handed, "handoffReasons" = COALESCE(h.reasons, '{}'), "routed" = COALESCE(h.routed, false),
    "blocked" = COALESCE(plan."detail" IN ('token_budget', 'money_budget', 'model_down', 'model_key_refused', 'model_refused', 'embedder_down'), false),
    "topic" = plan."topic", "confidence" = plan."confidence",
    "leadArticleId" = plan."sources" -> 0 ->> 'articleId', "leadTitle" = plan."sources" -> 0 ->> 'title',
    "voided" = CASE WHEN e."voided" = 'nothing_to_answer' AND f.decided THEN NULL ELSE e."voided" END
  FROM (
    SELECT (array_agg(t."mode" ORDER BY t."at", t."id"))[1] AS "mode", sum(t."tokens") AS tokens, sum(t."money") AS money,
      count(*) FILTER (WHERE t."outcome" = 'drafted') AS drafts,
      min(t."at") FILTER (WHERE t."outcome" = 'drafted') AS drafted,
      COALESCE(bool_or(t."verdict" IN ('answer', 'handoff')), false) AS decided
    FROM "Turn" t WHERE t."sessionId" = of_session AND t."episode" = of_number
  ) f
  LEFT JOIN LATERAL (
    SELECT t."detail", t."topic", t."confidence", t."sources" FROM "Turn" t
    WHERE t."sessionId" = of_session AND t."episode" = of_number AND t."verdict" IS NOT NULL
    ORDER BY t."at" DESC, t."id" DESC LIMIT 1
  ) plan ON true
  LEFT JOIN LATERAL (
    SELECT d."fate", d."distance" FROM "Draft" d JOIN "Turn" t ON t."id" = d."turnId"
    WHERE t."sessionId" = of_session AND t."episode" = of_number AND t."outcome" = 'drafted'
    ORDER BY array_position(ARRAY['sent', 'edited', 'ignored', '', 'superseded'], COALESCE(d."fate", '')), d."distance" LIMIT 1
  ) best ON true
  LEFT JOIN LATERAL (
    SELECT min(n."at") AS handed, bool_or(COALESCE(n."routing" ->> 'step', '') <> '') AS routed,
      (SELECT array_agg(DISTINCT r ORDER BY r) FROM "Handoff" o, unnest(o."reasons") r
        WHERE o."sessionId" = of_session AND o."episode" = of_number) AS reasons
    FROM "Handoff" n WHERE n."sessionId" = of_session AND n."episode" = of_number
  ) h ON true
  WHERE e."sessionId" = of_session AND e."number" = of_number;
END $$;
