// The same with the JavaScript client that is part of the package gradio (its build for servers), under node.
//
//     node probe.mjs FOLDER URL LOCKED_URL WAV      FOLDER: a copy of gradio/templates/node/build
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [, , build, url, locked, sound] = process.argv;
const folder = path.join(build, "server/chunks");
const file = fs.readdirSync(folder).find((name) =>
  name.endsWith(".js") && fs.readFileSync(path.join(folder, name), "utf8").includes("class{app_reference"));
const source = fs.readFileSync(path.join(folder, file), "utf8");
// The client is a class of the bundle that nobody outside can name.
const name = /(?:var|let|const|,)\s*(\w+)=class\{app_reference/.exec(source)[1];
const own = path.join(folder, `client-${process.pid}.mjs`);
fs.writeFileSync(own, `${source}\nexport { ${name} as GradioClient };\n`);
const { GradioClient } = await import(pathToFileURL(own));

const seen = {};
async function attempt(what, does) {
  try {
    seen[what] = (await does()) ? "ok" : "wrong";
  } catch (error) {
    seen[what] = error?.name && error.name !== "Error" ? error.name : "Error";
    console.error(what, error);
  }
  return seen[what] === "ok";
}

let client;
const connects = async () => !!(client = await GradioClient.connect(url, { events: ["data", "status"] }));
if (await attempt("connect", connects)) {
  await attempt("login", async () => {
    const inside = await GradioClient.connect(locked, { auth: ["alice", "wonder"] });
    return (await inside.predict("/predict", ["hello"])).data[0] === "alice: hello";
  });
  await attempt("api", async () => Object.keys((await client.view_api()).named_endpoints).length === 5);
  await attempt("call", async () => (await client.predict("/echo", ["Grüße 😀"])).data[0] === "Grüße 😀");
  await attempt("steps", async () => {
    const answers = [];
    for await (const event of client.submit("/steps", ["la", 3])) if (event.type === "data") answers.push(event.data[0]);
    return answers.includes("la 1") && answers.at(-1) === "la 3";
  });
  await attempt("state", async () => {
    const counts = [];
    for (let turn = 0; turn < 3; turn++) counts.push((await client.predict("/tally", [])).data[0]);
    return counts.join() === "1,2,3";
  });
  await attempt("files", async () => {
    const blob = new Blob([fs.readFileSync(sound)], { type: "audio/wav" });
    const { data } = await client.predict("/raise_pitch", [blob]);
    return /higher\.wav$/.test(data[0]?.path ?? data[0]?.name);
  });
  await attempt("errors", async () => {
    try {
      await client.predict("/fail", ["allowed"]);
    } catch (error) {
      return JSON.stringify(error.message ?? error).includes("not allowed");
    }
  });
  await attempt("cancel", async () => {
    const job = client.submit("/steps", ["la", 100]);
    let count = 0;
    for await (const event of job) {
      if (event.type === "data" && ++count === 1) await job.cancel();
      if (count > 50) return false;
    }
    return count > 0;
  });
}
console.log(JSON.stringify(seen));
fs.rmSync(own);
process.exit(0);
