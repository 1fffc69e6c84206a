#include "apps/backup/late_places.h"

namespace syncwatch::apps {

LatePlaces::LatePlaces(const recovery::Plan& plan, OpenRepository::Powers powers) {
    for (const char* name : {"near", "far"}) {
        const auto found = plan.repositories.find(name);
        if (found == plan.repositories.end()) continue;
        all_.push_back({name, std::make_unique<LateRepository>(found->second, powers),
                        found->second.may_delete});
    }
}

std::vector<recovery::Place> LatePlaces::places() const {
    std::vector<recovery::Place> places;
    for (const Late& each : all_) places.push_back({each.name, each.repository.get()});
    return places;
}

std::vector<pg_stream::LogPlace> LatePlaces::for_log() const {
    std::vector<pg_stream::LogPlace> places;
    for (const Late& each : all_) {
        places.push_back({each.name, each.repository.get(), each.may_delete});
    }
    return places;
}

void LatePlaces::stop() {
    for (const Late& each : all_) each.repository->stop();
}

}  // namespace syncwatch::apps
