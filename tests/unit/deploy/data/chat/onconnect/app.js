// Lets everybody in.
exports.handler = async event => ({ statusCode: event.requestContext.connectionId ? 200 : 500 });
