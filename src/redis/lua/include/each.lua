-- Whether an error concerns one of many alone. What Redis refuses to anybody (READONLY, OOM and the like) concerns all.
local function isOwn(text)
  return string.find(text, '^WRONGTYPE ') ~= nil or string.find(text, '^ERR ') ~= nil
end

-- An error as Redis words it.
local function worded(problem)
  local text = type(problem) == 'table' and problem.err or tostring(problem)
  return string.find(text, '^%u+ ') and text or ('ERR ' .. text)
end

-- Runs `one` for each of many. Where one of them fails by itself, the others have their answers all the same; what
-- concerns all is the answer, as Redis worded it.
local function each(one)
  local answers = {}
  for n = 1, count do
    pick(n)
    local ran, answer = pcall(one)
    if not ran then
      local text = worded(answer)
      if not isOwn(text) then
        return { err = text }
      end
      answer = { 'error', text }
    end
    answers[n] = answer
  end
  return answers
end
