// Reads a whole LDES with ldes-client and prints what it gave, as one line of JSON.
// node ldes_client_reads.mjs URL [--ordered ascending|descending] [--quads] [--state FOLDER] [--latest] [--rounds N]
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const modules = process.env.OMMATIDIA_MODULES;
const entry = createRequire(`${modules}/`).resolve("ldes-client");
const library = await import(pathToFileURL(entry.replace(/\.cjs$/, ".js")));
const { replicateLDES, intoConfig } = library.replicateLDES ? library : library.default;

const [url, ...options] = process.argv.slice(2);
const value = (name) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
const term = (t) =>
  t.termType === "NamedNode" ? `<${t.value}>` : t.termType === "DefaultGraph" ? "" : JSON.stringify([t.value, t.datatype?.value, t.termType]);

const started = performance.now();
const pages = [];
const config = { url, polling: options.includes("--rounds"), pollInterval: 200 };
if (value("--state")) config.statePath = value("--state");
if (options.includes("--latest")) config.lastVersionOnly = true;
const client = replicateLDES(intoConfig(config), value("--ordered") ?? "none");
client.on("fragment", (page) => pages.push(page.url));
let failed = null;
client.on("error", (error) => { failed = String(error?.message ?? error?.error ?? error); });
let rounds = Number(value("--rounds") ?? 0);
const reader = client.stream({ highWaterMark: 1000 }).getReader();
client.on("poll", () => { rounds -= 1; if (rounds < 0) reader.cancel(); });

const members = [];
let count = 0, quads = 0;
for (;;) {
  const { done, value: member } = await reader.read();
  if (done) break;
  count += 1;
  quads += member.quads.length;
  if (options.includes("--quads")) {
    members.push([member.id.value, member.quads.map((q) => [q.subject, q.predicate, q.object, q.graph].map(term))]);
  } else if (!options.includes("--count")) members.push(member.id.value);
}
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage();
const told = JSON.stringify({ count, quads, seconds, cpu: (user + system) / 1e6, pages, members, failed });
process.stdout.write(`${told}\n`, () => process.exit(failed ? 1 : 0));
