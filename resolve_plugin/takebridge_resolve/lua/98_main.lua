-- The main loop and the start.

do

-- Wait without holding up the user interface.
function TB.sleep(seconds)
  bmd.wait(seconds)
end

-- Return the process of Resolve, which this script runs in.
function TB.pid()
  return TB.whole(bmd.getpid()) or 0
end

-- Return seconds of a clock that only goes forward.
function TB.now()
  return bmd.gettime and bmd.gettime() or os.time()
end

-- Return a name for this run of the agent, unlike any other's.
function TB.new_instance()
  local facts = { TB.pid(), TB.now(), os.time(), tostring({}), os.clock() }
  return "lua-" .. TB.digest(facts):sub(1, 16)
end

local Agent = {}
Agent.__index = Agent

-- Return the file this script was started from, "" when nobody says. debug, which would know, is not there.
function TB.own_path()
  local mapped = fusion.MapPath and fusion:MapPath("Scripts:Utility/TakeBridge.lua") or nil
  local places = TB.each({ type(arg) == "table" and arg[0] or false, mapped or false }, function(path) return path end)
  return TB.first(places, function(path)
    return type(path) == "string" and path ~= "" and TB.given(bmd.fileexists(path))
  end) or ""
end

-- Return the agent: one desk, one mailbox.
function TB.agent(resolve, folder)
  return setmetatable({
    desk = TB.desk(resolve, nil, nil, TB.own_path()),
    mailbox = TB.mailbox(folder, TB.new_instance()),
    last_look = TB.now(),
    last_bridge = TB.now(),
    last_request = -TB.BUSY_FOR_SECONDS,
  }, Agent)
end

-- Serve until there is a reason to leave, and return it. Between requests only the folder is looked at.
function Agent:run()
  TB.save_pref(TB.KNOCK_KEY, self.mailbox.instance)
  while true do
    local request = self.mailbox:next_request()
    if request then
      self.mailbox:serve(request, self.desk)
      self.last_request = TB.now()
    end
    local reason = self:reason_to_leave()
    if reason then
      return reason
    end
    if not request then
      TB.sleep(self:tick())
    end
  end
end

-- Return why to end now, or nil.
function Agent:reason_to_leave()
  if self.desk.stopping then
    return "The bridge asked the agent to " .. (self.desk.reloading and "start again." or "stop.")
  elseif TB.now() - self.last_look < TB.LOOK_SECONDS then
    return nil
  end
  self.last_look = TB.now()
  return self.mailbox:is_replaced() and "Another agent speaks to the bridge now." or nil
end

-- Return how long to wait before the next look: short for a second after a request, as one seldom comes alone; longer
-- once no bridge has run for a minute.
function Agent:tick()
  local now = TB.now()
  if now - self.last_request < TB.BUSY_FOR_SECONDS then
    return TB.BUSY_TICK_SECONDS
  elseif bmd.fileexists(self.mailbox.bridge) then
    self.last_bridge = now
  end
  return now - self.last_bridge > TB.AWAY_AFTER_SECONDS and TB.AWAY_TICK_SECONDS or TB.TICK_SECONDS
end

-- Wait until the bridge has taken the last answer (at most two seconds), then take it out of the preferences.
function Agent:clean_up()
  local last = TB.now() + 2
  while self.mailbox:is_waited_for() and TB.now() < last do
    TB.sleep(TB.TICK_SECONDS)
  end
  TB.save_pref(TB.ANSWER_KEY, "")
end

-- Return Resolve's root object, or nil.
function TB.find_resolve()
  if resolve ~= nil then
    return resolve
  end
  return app and app.GetResolve and app:GetResolve() or nil
end

-- Run until there is a reason to leave; return it, or what is missing here. A reload goes on in the agent's own file.
function TB.main()
  local root = TB.find_resolve()
  if not root or not fusion or not bmd then
    return "TakeBridge has to be started from Workspace > Scripts in DaVinci Resolve."
  end
  local agent = TB.agent(root, TB.mailbox_folder())
  local reason = agent:run()
  if agent.desk.stopping then
    agent:clean_up()
  end
  local again = agent.desk.reloading and loadfile(agent.desk.source)
  if again then
    return again()
  end
  return reason
end

end -- main
