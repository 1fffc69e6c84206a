#pragma once
#include <memory>

#include "adapters/system/sodium_sealer.h"
#include "apps/config/settings.h"
#include "apps/node/powers.h"
#include "services/peers/peer_answers.h"

namespace syncwatch::apps {

/// What nodes tell one another while the database is away. Where there are no other nodes, or the
/// database is a file of this one's, nothing.
class PeersPart {
public:
    /// `key`: seals what is told.
    PeersPart(Powers& powers, const config::Settings& settings, KeyStore::Key key)
        : sealer_(key, powers.random) {
        if (!settings.bus.on() || powers.postgres == nullptr) return;
        const PeerAnswers::Powers needed{powers.bus(), sealer_, powers.clock, powers.random};
        answers_ = std::make_unique<PeerAnswers>(needed);
    }

    /// nullptr: there are no other nodes.
    PeerAnswers* answers() { return answers_.get(); }
    /// From now on this node answers, too: once all that it can tell of is there.
    void listen(net::any_io_executor home) {
        if (answers_) heard_ = answers_->listen(std::move(home));
    }

private:
    SodiumSealer sealer_;
    std::unique_ptr<PeerAnswers> answers_;
    std::unique_ptr<Bus::Subscription> heard_;
};

}  // namespace syncwatch::apps
