#pragma once
#include "domain/playback/playback.h"
#include "ports/chat_store.h"
#include "services/rooms/peer_json.h"

/// The shapes that stand in more than one text between nodes.
namespace syncwatch::peer_json {

void parts(auto& way, A<Playback> auto& playback) {
    way("item", playback.item);
    way("video", playback.video);
    way("paused", playback.paused);
    way("rate", playback.rate);
    way("position", playback.position);
    way("at", playback.at);
    way("stamp", playback.stamp);
    way("by", playback.by);
}

void parts(auto& way, A<ChatMessage> auto& message) {
    way("id", message.id);
    way("by", message.by);
    way("name", message.name);
    way("text", message.text);
    way("reply_to", message.reply_to);
    way("position", message.position);
    way("sent_at", message.sent_at);
}

void parts(auto& way, A<ChatDraft> auto& draft) {
    parts(way, draft.message);
    way("request", draft.request);
    way("may_repeat", draft.may_repeat);
    way("repeats_since", draft.repeats_since);
}

}  // namespace syncwatch::peer_json
