-- Whether an error concerns one of many alone. What Redis refuses to anybody (READONLY, OOM and the like) concerns all.
local function isOwn(text)
  return not string.find(text, '^%u+ ') or string.find(text, '^WRONGTYPE') ~= nil or string.find(text, '^ERR') ~= nil
end

-- Runs `one` for each of many. Where one of them fails by itself, the others have their answers all the same; what
-- concerns all is the answer, as Redis worded it.
local function each(one)
  local answers = {}
  for n = 1, count do
    pick(n)
    local ran, answer = pcall(one)
    if not ran then
      local text = type(answer) == 'table' and answer.err or tostring(answer)
      if not isOwn(text) then
        return { err = text }
      end
      answer = { 'error', text }
    end
    answers[n] = answer
  end
  return answers
end
