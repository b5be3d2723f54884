// Answers what was said; whoever asks for the answer has a route response.
exports.handler = async event => ({ statusCode: 200, body: JSON.parse(event.body).data });
