-- A client seen by from_id alone may turn out to be a number that is known: its conversation moves there.
-- True when the caller's keys are those of a conversation that has moved.
local function moved(to, recipient)
  return string.find(to, '^%a') ~= nil and (redis.call('GET', alias) or to) ~= recipient
end

-- How the list of all deliveries names the client: a number by its conversation, which it will never leave.
local function named(to, recipient)
  return string.find(to, '^%a') and to or recipient
end
