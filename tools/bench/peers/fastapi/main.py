"""(k) The same routes as the system that this API replaces had them: FastAPI and boto3.

PORT says where it listens. Passwords are not hashed; the bench reports that cost apart.
"""

import json
import os
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import boto3
import jwt
import uvicorn
from boto3.dynamodb.conditions import Key
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

PAGE = 20


def linked(name: str, key: str) -> str:
    return json.loads(os.environ[f"SST_RESOURCE_{name}"])[key]


dynamodb = boto3.resource("dynamodb", region_name=os.environ["AWS_REGION"])
USERS, LOGINS, POSTS = (linked(name, "name") for name in ("Users", "Logins", "Posts"))
users, posts = dynamodb.Table(USERS), dynamodb.Table(POSTS)
secret = linked("TokenSecret", "value")
app = FastAPI()


class User(BaseModel):
    id: str
    name: str
    login: str


class Post(BaseModel):
    id: str
    user_id: str
    content: str
    date: str
    last_update: str


class Page(BaseModel):
    items: list[Post]
    next_cursor: str | None


class UserInput(BaseModel):
    name: str
    login: str
    password: str


class PostInput(BaseModel):
    user_id: str
    content: str


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user_or_404(id: str, consistent: bool = False) -> dict:
    answer = users.get_item(Key={"id": id}, ConsistentRead=consistent)
    if "Item" not in answer:
        raise HTTPException(404, "There is no such user.")
    return answer["Item"]


# Plain functions: boto3 blocks, and FastAPI runs these on threads.
@app.get("/users/{id}")
def read_user(id: str) -> User:
    return User(**user_or_404(id))


@app.get("/posts/{id}")
def read_post(id: str) -> Post:
    answer = posts.get_item(Key={"id": id})
    if "Item" not in answer:
        raise HTTPException(404, "There is no such post.")
    return Post(**answer["Item"])


@app.get("/users/{id}/posts")
def list_posts(id: str) -> Page:
    user_or_404(id)
    answer = posts.query(
        IndexName="UserIdIndex",
        KeyConditionExpression=Key("user_id").eq(id),
        ScanIndexForward=False,
        Limit=PAGE,
    )
    items = answer["Items"]
    return Page(items=items, next_cursor=items[-1]["id"] if "LastEvaluatedKey" in answer else None)


@app.post("/posts/", status_code=201)
def write_post(given: PostInput, authorization: Annotated[str, Header()] = "") -> Post:
    try:
        jwt.decode(authorization.removeprefix("Bearer "), secret, algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "Log in first.") from error
    user_or_404(given.user_id, consistent=True)
    date = now()
    post = Post(id=str(uuid4()), date=date, last_update=date, **given.model_dump())
    posts.put_item(Item=post.model_dump())
    return post


@app.post("/users/", status_code=201)
def register(given: UserInput) -> User:
    user = User(id=str(uuid4()), name=given.name, login=given.login)
    item = {**user.model_dump(), "password": "not hashed here", "created": now()}
    # The resource's client takes Python's types, as its tables do.
    dynamodb.meta.client.transact_write_items(
        TransactItems=[
            {
                "Put": {
                    "TableName": USERS,
                    "Item": item,
                    "ConditionExpression": "attribute_not_exists(id)",
                }
            },
            {
                "Put": {
                    "TableName": LOGINS,
                    "Item": {"login": given.login.lower(), "user_id": user.id},
                    "ConditionExpression": "attribute_not_exists(login)",
                }
            },
        ]
    )
    return user


if __name__ == "__main__":
    log = uvicorn.config.LOGGING_CONFIG
    log["handlers"]["default"]["stream"] = "ext://sys.stdout"
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=log)
