// A resolve hook, registered only when a module was not found: bare names that an ES module imports are looked for along NODE_PATH too, as
// Lambda's own images have the AWS SDK where every function finds it.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const find = createRequire(import.meta.url);

export async function resolve(specifier, context, nextResolve) {
    try {
        return await nextResolve(specifier, context);
    } catch (error) {
        if (/^[./]|^[a-z]+:/i.test(specifier)) {
            throw error;
        }
        try {
            return { url: pathToFileURL(find.resolve(specifier)).href, shortCircuit: true };
        } catch {
            throw error;
        }
    }
}
