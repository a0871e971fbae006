-- The TakeBridge agent for the free edition of DaVinci Resolve 21.1 and later, which runs no Python.
--
-- Start it from Workspace > Scripts; never from a scriptlib: a loop there holds Fusion's only script executor all
-- session. It runs inside Resolve, in a sandbox without io, os.execute, require, package, ffi and debug, where print
-- is invisible. It reads requests with loadfile from a folder it shares with the bridge (the mailbox), does small ops,
-- reads them back, and answers through Fusion's preferences file. While idle it makes no call into Resolve at all:
-- each would wait for the user interface.
--
-- The same ops as the Python agent's, function by function and with the same names. Lua 5.1. Calls hardly ever raise:
-- they answer nil, false or an empty table, and some answer true and do nothing; so every write is read back. Nothing
-- is kept between ops except answers. Frames are whole numbers; a name says its space: record frames are absolute
-- timeline frames, source frames count from the head of the media, ends are exclusive unless the name says host_end.
-- Every part after this one stands between do and end: a function may have 200 locals at most. What is installed is all
-- parts in the order of their names, as one file.

local TB = {
  PROTOCOL_VERSION = "1.2",
  AGENT = "takebridge-lua",
  AGENT_VERSION = "0.1.0",
  TRACK_TYPES = { "video", "audio", "subtitle" },
  REMEMBERED_ANSWERS = 64,
  SAFETY_MARK = "TakeBridge safety",
  STAMP_KEY = "takebridge.stamp",
  STAMP = "^tb%-%x%x%x%x%x%x%x%x%x%x%x%x$",
  MARKER_COLOUR_OF_STAMPS = "Lavender",
  PART_BYTES = 192 * 1024,
  ANSWER_KEY = "Global.TakeBridge.Answer",
  KNOCK_KEY = "Global.TakeBridge.Knock",
  WRITE_DELAYS = { 0.05, 0.1, 0.2, 0.4, 0.7 },
  TICK_SECONDS = 0.05,
  BUSY_TICK_SECONDS = 0.01,
  BUSY_FOR_SECONDS = 1,
  AWAY_TICK_SECONDS = 0.5,
  AWAY_AFTER_SECONDS = 60,
  LOOK_SECONDS = 2,
  MAILBOX = {{MAILBOX}},
}
