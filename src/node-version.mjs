/** Says plainly which Node is needed. Plain JavaScript, so that any Node can run it. */

const needed = 26;
const major = Number(process.versions.node.split('.')[0]);

if (major < needed) {
  console.error(
    `itb-fhir needs Node ${needed} or newer; this is Node ${process.versions.node}. ` +
      'Run it through npm (npm start, npm test, npm run itb-fhir -- …): npm ci installs a fitting Node beside the project.',
  );
  process.exit(1);
}
