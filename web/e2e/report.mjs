// How Node's test runner tells pytest what became of each scene: a line of JSON each.
export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type === "test:stdout" || type === "test:stderr") yield line({ said: data.message, file: data.file });
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite" || data.name.endsWith(".mjs")) continue;
    const problem = data.details?.error?.cause ?? data.details?.error;
    const told = type === "test:fail" ? String(problem?.stack ?? problem) : null;
    yield line({ name: data.name, file: data.file, told, seconds: (data.details?.duration_ms ?? 0) / 1000 });
  }
}

const line = (value) => `${JSON.stringify(value)}\n`;
