/** Somebody at a terminal, who answers with these lines. */
export function terminal(...answers: string[]) {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    const answer = answers.shift();
    if (answer === undefined) throw new Error(`unexpected question: ${question}`);
    return answer;
  };
  return { asked, terminal: { ask, askSecret: ask } };
}
