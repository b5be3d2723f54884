// connect.py in Node.js. It needs the AWS SDK for JavaScript v3, which Lambda's own Node.js runtimes bring along and Debian does not:
// run `npm install` in this folder first (see ../README.md).
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

const TableName = process.env.CONNECTIONS_TABLE_NAME;
const dynamodb = new DynamoDBClient({});

async function connect(connectionId, parameters) {
  const vehicleId = parameters?.VehicleID;
  if (!vehicleId) return { statusCode: 400, body: JSON.stringify({ message: "VehicleID is missing" }) };
  const Item = { ConnectionID: { S: connectionId }, VehicleID: { S: vehicleId } };
  await dynamodb.send(new PutItemCommand({ TableName, Item }));
  return { statusCode: 200, body: "connected" };
}

async function disconnect(connectionId) {
  await dynamodb.send(new DeleteItemCommand({ TableName, Key: { ConnectionID: { S: connectionId } } }));
  return { statusCode: 200, body: "disconnected" };
}

export async function handler(event) {
  const { connectionId, eventType } = event.requestContext;
  if (eventType === "CONNECT") return connect(connectionId, event.queryStringParameters);
  if (eventType === "DISCONNECT") return disconnect(connectionId);
  return { statusCode: 400, body: `${eventType} is not for this function` };
}
