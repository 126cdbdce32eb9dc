// Reads a whole LDES with Comunica and prints its quads as one line of JSON.
// node comunica_reads.mjs pages|traversal URL
// pages: query-sparql, all quads, page by page as the relations lead.
// traversal: query-sparql-link-traversal follows what the query names: each member with the digest of its header.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.OMMATIDIA_MODULES}/`);
const [mode, url] = process.argv.slice(2);
const term = (t) =>
  t.termType === "NamedNode" ? `<${t.value}>` : t.termType === "DefaultGraph" ? "" : JSON.stringify([t.value, t.datatype?.value, t.termType]);
const ALL = "SELECT * WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }";
const NODE = "https://w3id.org/tree#node";

const quads = new Map();
const add = (bindings) => {
  const quad = ["s", "p", "o", "g"].map((name) => (bindings.get(name) ? term(bindings.get(name)) : ""));
  quads.set(JSON.stringify(quad), quad);
  return quad;
};
const started = performance.now();
if (mode === "pages") {
  const { QueryEngine } = require("@comunica/query-sparql");
  const engine = new QueryEngine();
  const ahead = [url];
  const seen = new Set(ahead);
  while (ahead.length) {
    const source = { type: "file", value: ahead.shift() };
    for await (const bindings of await engine.queryBindings(ALL, { sources: [source] })) {
      const [, property, object] = add(bindings);
      const next = object.slice(1, -1);
      if (property === `<${NODE}>` && !seen.has(next)) { seen.add(next); ahead.push(next); }
    }
  }
} else {
  const { QueryEngine } = require("@comunica/query-sparql-link-traversal");
  const engine = new QueryEngine();
  const members = `SELECT DISTINCT ?s ?o WHERE {
    ?relation <${NODE}> ?page . ?stream <https://w3id.org/tree#member> ?s .
    ?s <https://w3id.org/ommatidia/federation#ownerDigest> ?o }`;
  // It would ask the whole Web for every IRI; this test asks the node alone.
  const origin = new URL(url).origin;
  const here = (address, options) =>
    String(address?.url ?? address).startsWith(origin) ? fetch(address, options) : Promise.resolve(new Response("", { status: 404 }));
  for await (const bindings of await engine.queryBindings(members, { sources: [url], lenient: true, fetch: here })) add(bindings);
}
const seconds = (performance.now() - started) / 1000;
process.stdout.write(`${JSON.stringify({ quads: [...quads.values()], seconds })}\n`, () => process.exit(0));
