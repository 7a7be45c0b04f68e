-- What is remembered of an id whose record has gone: its fingerprint and how it ended.
local function fromTomb()
  local remembered = redis.call('GET', tomb)
  if not remembered then
    return nil
  end
  return string.match(remembered, '^(%S+) (%S+)')
end
